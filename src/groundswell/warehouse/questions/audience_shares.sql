-- Newest known composition of each account's audience.
SELECT
    account,
    dimension,
    value,
    arg_max(share, observed_at) AS share,
    arg_max(sample_size, observed_at) AS sample_size,
    arg_max(source, observed_at) AS source,
    max(observed_at) AS observed_at
FROM audience_shares
GROUP BY account, dimension, value
ORDER BY account, dimension, value
