-- Newest known counts of the accounts in relation wanted (account), as in latest_counts.
SELECT
    account,
    arg_max(followers, observed_at) AS followers,
    arg_max("following", observed_at) AS "following",
    arg_max(posts, observed_at) AS posts,
    max(observed_at) AS counts_observed_at
FROM account_observations
SEMI JOIN wanted USING (account)
GROUP BY account
