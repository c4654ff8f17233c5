-- Whether it was appended; where not, the position and the value of the newest entry.
local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
local head = dropped + redis.call('LLEN', KEYS[1])
if head ~= tonumber(ARGV[2]) then
  return {0, head, redis.call('LINDEX', KEYS[1], -1) or ''}
end
for place = 3, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[place])
end
return {1, head, ''}
