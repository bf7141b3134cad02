-- The newest $most comments under posts of $account.
SELECT post_id, published_at, text, language, likes
FROM comments
WHERE account = $account AND text IS NOT NULL
ORDER BY published_at DESC NULLS LAST, comment_id
LIMIT $most
