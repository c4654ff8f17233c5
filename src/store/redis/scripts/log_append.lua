local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
if dropped + redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) then return 0 end
for place = 3, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[place])
end
return 1
