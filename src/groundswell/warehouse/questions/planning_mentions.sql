-- Accounts with a post since $since that mentions one of $names, or whose words match $pattern.
SELECT DISTINCT account
FROM posts
WHERE published_at >= $since::TIMESTAMPTZ
    AND account IS NOT NULL
    AND (
        list_has_any(list_transform(coalesce(mentions, []), lambda x: lower(x)), $names)
        OR list_has_any(list_transform(coalesce(hashtags, []), lambda x: lower(x)), $names)
        OR regexp_matches(lower(coalesce("text", '')), $pattern)
    )
ORDER BY account
