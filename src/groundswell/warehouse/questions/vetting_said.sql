-- What the posts of the accounts in relation wanted (account) say: their words, and beside them the
-- hashtags and accounts that a source lists apart.
SELECT
    posts.account,
    posts.post_id,
    posts.published_at,
    concat_ws(
        ' ',
        left(posts.text, 5000),
        array_to_string(list_transform(posts.hashtags, lambda tag: '#' || tag), ' '),
        array_to_string(list_transform(posts.mentions, lambda name: '@' || name), ' ')
    ) AS words,
    posts.text,
    posts.links,
    posts.paid_partnership
FROM posts
SEMI JOIN wanted ON wanted.account = posts.account
