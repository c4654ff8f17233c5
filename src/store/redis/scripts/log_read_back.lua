-- The position before the first, and the values, oldest first.
local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
local behind = math.min(tonumber(ARGV[2]) - dropped - 1, redis.call('LLEN', KEYS[1]))
if behind <= 0 then return {0, {}} end
local first = math.max(behind - tonumber(ARGV[3]), 0)
return {dropped + first, redis.call('LRANGE', KEYS[1], first, behind - 1)}
