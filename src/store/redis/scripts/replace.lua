local raw = live(KEYS[1])
if not raw or body(raw) ~= ARGV[2] then return 0 end
write(ARGV[3])
return 1
