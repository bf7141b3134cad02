-- Counts of each account's posts by format, pooled: a rate divides one sum by another that was
-- taken over the same posts, so the sums that belong together stand together.
--   posts                         all posts of that format
--   views, posts_with_views, ...  sum and number of posts where the count is known
--   engagements                   likes, comments, shares and saves of posts whose likes or
--                                 comments are known
--   engagements_of_viewed, views_of_engaged   over posts where both are known; likewise reach
WITH counts AS (
    SELECT
        platform,
        post_id,
        arg_max(views, observed_at) AS views,
        arg_max(reach, observed_at) AS reach,
        arg_max(likes, observed_at) AS likes,
        arg_max(comments, observed_at) AS comments,
        arg_max(shares, observed_at) AS shares,
        arg_max(saves, observed_at) AS saves
    FROM post_observations
    GROUP BY platform, post_id
),
known AS (
    SELECT
        posts.account,
        posts.format,
        posts.published_at,
        counts.*,
        CASE WHEN likes IS NOT NULL OR comments IS NOT NULL
            THEN coalesce(likes, 0) + coalesce(comments, 0)
                + coalesce(shares, 0) + coalesce(saves, 0)
        END AS engagements
    FROM posts
    LEFT JOIN counts USING (platform, post_id)
    WHERE posts.account IS NOT NULL
)
SELECT
    account,
    format,
    count(*) AS posts,
    max(published_at) AS last_post_at,
    sum(views)::BIGINT AS views,
    count(views) AS posts_with_views,
    sum(reach)::BIGINT AS reach,
    count(reach) AS posts_with_reach,
    sum(likes)::BIGINT AS likes,
    count(likes) AS posts_with_likes,
    sum(comments)::BIGINT AS comments,
    count(comments) AS posts_with_comments,
    sum(shares)::BIGINT AS shares,
    count(shares) AS posts_with_shares,
    sum(saves)::BIGINT AS saves,
    count(saves) AS posts_with_saves,
    sum(engagements)::BIGINT AS engagements,
    count(engagements) AS posts_with_engagements,
    (sum(engagements) FILTER (WHERE views IS NOT NULL))::BIGINT AS engagements_of_viewed,
    (sum(views) FILTER (WHERE engagements IS NOT NULL))::BIGINT AS views_of_engaged,
    (sum(engagements) FILTER (WHERE reach IS NOT NULL))::BIGINT AS engagements_of_reached,
    (sum(reach) FILTER (WHERE engagements IS NOT NULL))::BIGINT AS reach_of_engaged
FROM known
GROUP BY account, format
