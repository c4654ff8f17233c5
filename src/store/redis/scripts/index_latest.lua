-- Whether one name comes before another, byte by byte: the comparison of Lua follows the server's language.
local function comes_before(one, other)
  for place = 1, math.min(#one, #other) do
    local a, b = string.byte(one, place), string.byte(other, place)
    if a ~= b then return a < b end
  end
  return #one < #other
end

local mark_ends, mark_member, most = ARGV[2], ARGV[3], tonumber(ARGV[4])
local found, offset = {}, 0
while #found < 2 * most do
  local some = redis.call('ZREVRANGEBYSCORE', KEYS[2], mark_ends, '(' .. ARGV[1], 'WITHSCORES', 'LIMIT', offset, most)
  for place = 1, #some, 2 do
    local member, at = some[place], some[place + 1]
    local is_behind = at ~= 'inf' and (tonumber(at) < tonumber(mark_ends) or comes_before(member, mark_member))
    if is_behind and #found < 2 * most then
      found[#found + 1] = member
      found[#found + 1] = redis.call('HGET', KEYS[1], member)
    end
  end
  if #some < 2 * most then break end
  offset = offset + most
end
return found
