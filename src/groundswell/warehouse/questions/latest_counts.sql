-- Newest known counts of each account. Each count is the newest that is known, whichever
-- observation it came with; counts_observed_at is when the newest of them was made.
SELECT
    account,
    arg_max(followers, observed_at) AS followers,
    arg_max("following", observed_at) AS "following",
    arg_max(posts, observed_at) AS posts,
    max(observed_at) AS counts_observed_at
FROM account_observations
GROUP BY account
