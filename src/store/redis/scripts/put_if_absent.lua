if live(KEYS[1]) then return 0 end
write(ARGV[2])
return 1
