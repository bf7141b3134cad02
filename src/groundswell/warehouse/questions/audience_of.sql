-- Newest known composition of the audiences of the accounts in $accounts, the largest part first.
-- Of each dimension only what was measured last counts: parts of two measurements don't add up.
SELECT account, dimension, value, share, sample_size, source, observed_at
FROM audience_shares
WHERE account IN (SELECT unnest($accounts::VARCHAR[]))
QUALIFY observed_at = max(observed_at) OVER (PARTITION BY account, dimension)
ORDER BY account, dimension, share DESC NULLS LAST, value
