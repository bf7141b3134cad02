-- Follower counts over time of the accounts in relation wanted (account).
SELECT account, observed_at, followers
FROM account_observations
SEMI JOIN wanted ON wanted.account = account_observations.account
WHERE followers > 0
