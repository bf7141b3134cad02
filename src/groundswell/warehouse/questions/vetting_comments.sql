-- The newest comments under posts of the accounts in relation wanted (account), at most $most of
-- each account.
SELECT account, post_id, published_at, left(text, 1000) AS text
FROM comments
SEMI JOIN wanted ON wanted.account = comments.account
WHERE text IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY account ORDER BY published_at DESC NULLS LAST, comment_id
) <= $most
