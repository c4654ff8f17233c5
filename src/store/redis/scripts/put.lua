write(ARGV[2])
return 1
