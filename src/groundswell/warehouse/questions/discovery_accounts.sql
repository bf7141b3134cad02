-- Accounts of which there is anything that search shows and that came after revision $since.
SELECT DISTINCT account
FROM (
    SELECT account, publication FROM newest_posts
    UNION ALL SELECT account, publication FROM newest_post_observations
    UNION ALL SELECT account, publication FROM newest_account_observations
    UNION ALL SELECT account, publication FROM newest_account_averages
    UNION ALL SELECT account, publication FROM newest_audience_shares
)
WHERE account IS NOT NULL AND publication > $since
