package world

import (
	"bytes"
	"encoding/binary"
	"math"
)

// recording is a made-up recording of a talk (WAV, 8 kHz): two voices that hum in
// turn. It says nothing and is nobody's.
func recording() []byte {
	const rate, seconds = 8000, 3
	samples := make([]int16, rate*seconds)
	for n := range samples {
		at := float64(n) / rate
		pitch := 130.0
		if int(at*2)%2 == 1 {
			pitch = 205
		}
		syllable := math.Abs(math.Sin(2 * math.Pi * 1.7 * at))
		tone := math.Sin(2*math.Pi*pitch*at) + 0.5*math.Sin(4*math.Pi*pitch*at) + 0.3*math.Sin(10*math.Pi*pitch*at)
		samples[n] = int16(6000 * syllable * tone)
	}
	var file bytes.Buffer
	size := uint32(2 * len(samples))
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, samples,
	} {
		binary.Write(&file, binary.LittleEndian, part)
	}
	return file.Bytes()
}
