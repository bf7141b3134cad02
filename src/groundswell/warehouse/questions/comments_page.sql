-- One page of the comments under posts of $account, newest first; total is how many there are. With
-- ids in $only, of these posts alone. Texts are cut where no platform allows more.
SELECT
    post_id,
    published_at,
    left(text, 5000) AS text,
    language,
    likes,
    count(*) OVER () AS total
FROM comments
WHERE
    account = $account
    AND text IS NOT NULL
    AND (
        len($only::VARCHAR[]) = 0
        OR post_id IN (SELECT unnest($only::VARCHAR[]))
    )
ORDER BY published_at DESC NULLS LAST, platform, comment_id
LIMIT $most OFFSET $skipped
