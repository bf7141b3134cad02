-- What the posts since $since of the accounts in $accounts say: the newest $most of each account.
SELECT account, post_id, published_at, left(text, 5000) AS text, links, paid_partnership
FROM posts
WHERE
    account IN (SELECT unnest($accounts::VARCHAR[]))
    AND published_at >= $since::TIMESTAMPTZ
QUALIFY row_number() OVER (PARTITION BY account ORDER BY published_at DESC, post_id) <= $most
ORDER BY account, published_at DESC, post_id
