-- How many memberships and overlaps are known.
SELECT
    (SELECT count(*) FROM memberships) AS memberships,
    (SELECT count(*) FROM "overlaps") AS "overlaps"
