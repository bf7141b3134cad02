-- Words of the newest $most posts of the accounts in relation wanted (account), newest first, and
-- the moment of the last. Hashtags that a source lists apart from the text belong to the words.
WITH mine AS (
    SELECT
        posts.account,
        posts.published_at,
        concat_ws(
            ' ',
            left(posts.text, $longest),
            CASE WHEN posts.text IS NULL OR NOT contains(posts.text, '#')
                THEN array_to_string(posts.hashtags, ' ')
            END
        ) AS words
    FROM posts
    SEMI JOIN wanted ON wanted.account = posts.account
)
SELECT
    account,
    max(published_at) AS last_post_at,
    max_by(words, coalesce(published_at, TIMESTAMPTZ '0001-01-01'), $most) AS captions
FROM mine
GROUP BY account
