package custody

import (
	"crypto/sha256"
	"math/big"
)

// The words by which two people compare a key over the telephone. Each is a colour
// or a manner and a thing; no two of either list sound alike, not even without
// their tones, so that nothing is misheard (words_test.go).
const (
	manners = "红黄蓝白黑青紫灰金银铜铁大小长短高低新老冷热干湿快慢远深方软甜苦"
	things  = "山河湖海桥船车马牛羊狗猫鸟鱼虾鸭树草花米面油盐茶酒布纸笔碗灯门窗"
)

// wordCount words of 10 bits each: whoever tries keys until one reads like
// another's has to try 2^60.
const wordCount = 6

// Words are the six words of a public key: "红山 大河 …".
func Words(recipient string) []string {
	sum := sha256.Sum256([]byte("custody-words/v1\n" + recipient))
	n := new(big.Int).SetBytes(sum[:])
	first, then := []rune(manners), []rune(things)
	var all []string
	for range wordCount {
		var i, j big.Int
		n.DivMod(n, big.NewInt(int64(len(first))), &i)
		n.DivMod(n, big.NewInt(int64(len(then))), &j)
		all = append(all, string(first[i.Int64()])+string(then[j.Int64()]))
	}
	return all
}
