local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
local length = redis.call('LLEN', KEYS[1])
if length == 0 then
  dropped = tonumber(ARGV[2])
  redis.call('SET', KEYS[2], ARGV[2])
end
if dropped + length ~= tonumber(ARGV[2]) then return 0 end
for place = 3, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[place])
end
return 1
