-- Posts of accounts in relation wanted (account) that networks brought, and that nobody has counted
-- since $before: those of the publications in relation network (publication), or all of them when
-- $is_known is false. Posts of which a file or a member told counts too are none of them.
SELECT platform, post_id
FROM newest_posts
SEMI JOIN wanted USING (account)
JOIN (
    SELECT
        platform,
        post_id,
        max(observed_at) AS read_at,
        bool_or(coalesce(source IN ('import', 'manual'), false)) AS is_own
    FROM newest_post_observations
    GROUP BY platform, post_id
) USING (platform, post_id)
WHERE read_at < $before
    AND NOT is_own
    AND (NOT $is_known OR publication IN (SELECT publication FROM network))
