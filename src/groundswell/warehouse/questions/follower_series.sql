-- Counts over time of the accounts in $accounts.
SELECT account, observed_at, source, followers, "following", posts, total_views
FROM account_observations
WHERE account IN (SELECT unnest($accounts::VARCHAR[]))
ORDER BY account, observed_at
