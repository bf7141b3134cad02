-- Newest averages that sources report of each account; engagements are their own average, else
-- likes, comments and shares together where likes are known.
SELECT
    account,
    arg_max(views_average, observed_at) AS views,
    coalesce(
        arg_max(engagement_average, observed_at),
        arg_max(likes_average, observed_at)
            + coalesce(arg_max(comments_average, observed_at), 0)
            + coalesce(arg_max(shares_average, observed_at), 0)
    ) AS engagements
FROM account_averages
GROUP BY account
ORDER BY account
