-- Accounts of which there is anything that search shows.
SELECT DISTINCT account
FROM (
    SELECT account FROM posts
    UNION ALL SELECT account FROM post_observations
    UNION ALL SELECT account FROM account_observations
    UNION ALL SELECT account FROM account_averages
    UNION ALL SELECT account FROM audience_shares
)
WHERE account IS NOT NULL
