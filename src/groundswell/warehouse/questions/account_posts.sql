-- Posts of $account with the newest known count of each kind, newest post first.
WITH counts AS (
    SELECT
        platform,
        post_id,
        arg_max(views, observed_at) AS views,
        arg_max(reach, observed_at) AS reach,
        arg_max(impressions, observed_at) AS impressions,
        arg_max(likes, observed_at) AS likes,
        arg_max(comments, observed_at) AS comments,
        arg_max(shares, observed_at) AS shares,
        arg_max(saves, observed_at) AS saves,
        arg_max(interactions, observed_at) AS interactions,
        arg_max(watch_time_s, observed_at) AS watch_time_s,
        arg_max(watch_average_s, observed_at) AS watch_average_s,
        max(observed_at) AS observed_at
    FROM post_observations
    WHERE
        (account = $account OR account IS NULL)
        AND post_id IN (SELECT post_id FROM posts WHERE account = $account)
    GROUP BY platform, post_id
)
SELECT posts.*, counts.* EXCLUDE (platform, post_id)
FROM posts
LEFT JOIN counts USING (platform, post_id)
WHERE posts.account = $account
ORDER BY posts.published_at DESC NULLS LAST, posts.post_id
