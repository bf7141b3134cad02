-- How many comments with a known author each account in relation wanted (account, code) has, from
-- how many people, and when the newest was written.
SELECT
    wanted.code::BIGINT AS account,
    count(*) AS said,
    count(DISTINCT comments.author) AS commenters,
    epoch_us(max(comments.published_at)) AS "at"
FROM comments
JOIN wanted ON wanted.account = comments.account
WHERE comments.author IS NOT NULL
GROUP BY wanted.code
