local raw = live(KEYS[1])
if not raw then
  write(ARGV[2] .. '1')
  return 1
end
local count = tonumber(body(raw)) + 1
redis.call('SET', KEYS[1], string.sub(raw, 1, 16) .. string.format('%d', count), 'KEEPTTL')
return count
