-- The posts in relation wanted (account, post_id): where they are, when they were published, and
-- the first $longest characters of what they say.
SELECT posts.account, posts.post_id, posts.url, posts.published_at, left(posts.text, $longest) AS text
FROM posts
SEMI JOIN wanted ON wanted.account = posts.account AND wanted.post_id = posts.post_id
