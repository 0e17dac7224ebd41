SELECT COUNT(*) FROM digest WHERE week = $1
