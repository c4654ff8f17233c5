-- Whether it was appended; where not, the position and the value of the newest entry.
local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
local head = dropped + redis.call('LLEN', KEYS[1])
local newest = redis.call('LINDEX', KEYS[1], -1) or ''
-- The position alone is not enough: what stood there may have been lost, and something else have taken its place.
if head ~= tonumber(ARGV[2]) or redis.sha1hex(newest) ~= ARGV[3] then
  return {0, head, newest}
end
for place = 4, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[place])
end
return {1, head, ''}
