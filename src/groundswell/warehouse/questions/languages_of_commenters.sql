-- In which languages people write who commented under the posts of $account: each counts once, by
-- the language of most of their comments.
WITH written AS (
    SELECT author, language, count(*) AS said, max(published_at) AS latest_at
    FROM comments
    WHERE account = $account AND author IS NOT NULL AND language IS NOT NULL
    GROUP BY author, language
    QUALIFY row_number() OVER (PARTITION BY author ORDER BY said DESC, language) = 1
)
SELECT language, count(*) AS people, max(latest_at) AS latest_at
FROM written
GROUP BY language
ORDER BY people DESC, language
