-- A few that have ended go each time, so that none stay for long and nobody waits.
take_out(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100))
local at = ends(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[2], at == 0 and '+inf' or at, ARGV[2])
-- The index itself ends with the last of its members.
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
for _, key in ipairs(KEYS) do
  if last == 'inf' then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIREAT', key, string.format('%d', tonumber(last) + linger))
  end
end
return 1
