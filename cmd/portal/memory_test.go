package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkMemory tells what the portal holds at rest, at most while pages are
// read, and at most while eight phones send photographs at once. The county's
// machine is small, and decoding pictures is what takes memory.
func BenchmarkMemory(b *testing.B) {
	binary := buildPortal(b)
	environ := []string{"PORTAL_DATA=" + b.TempDir(), "PORTAL_CAPTCHA=off", "PORTAL_LIMITS=off"}
	run1(b, binary, environ, "migrate", "up")
	run1(b, binary, environ, "seed", "-complaints", "1000", "-notices", "60")
	portal := startMeasured(b, binary, environ...)
	portal.forgetPeak(b)
	for range 3 {
		for _, path := range []string{"/", "/notices", firstNotice(b, portal.addr)} {
			perSecond(portal.addr, path)
		}
	}
	b.ReportMetric(portal.memoryMB(b, "VmHWM:"), "MB-peak-pages")
	photo := photograph(b, 4000, 3000)
	portal.forgetPeak(b)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 3 {
				if err := upload(portal.addr, photo); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(portal.memoryMB(b, "VmHWM:"), "MB-peak-photos")
	time.Sleep(30 * time.Second)
	b.ReportMetric(portal.memoryMB(b, "VmRSS:"), "MB-half-a-minute-later")
	b.ReportMetric(float64(len(photo))/(1<<20), "MB-photo")
	b.ReportMetric(0, "ns/op")
}

// memoryMB reads a line of the process's status: VmRSS is what it holds in
// memory, VmHWM the most it held.
func (m measured) memoryMB(b *testing.B, line string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for l := range strings.Lines(string(text)) {
		if fields := strings.Fields(l); fields[0] == line {
			kb, _ := strconv.ParseFloat(fields[1], 64)
			return kb / 1024
		}
	}
	b.Fatal("no " + line)
	return 0
}

// forgetPeak lets VmHWM begin anew (proc(5), clear_refs).
func (m measured) forgetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", m.cmd.Process.Pid), []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// photograph makes a picture with as much detail as a phone's.
func photograph(b *testing.B, w, h int) []byte {
	b.Helper()
	picture := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		for x := range w {
			picture.Y[picture.YOffset(x, y)] = uint8(x*y>>7 + x>>3 ^ y>>2)
		}
	}
	for i := range picture.Cb {
		picture.Cb[i], picture.Cr[i] = uint8(110+i>>12&31), uint8(120+i>>9&15)
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: 85}); err != nil {
		b.Fatal(err)
	}
	return file.Bytes()
}

// upload puts a photograph into a form of its own.
func upload(addr string, photo []byte) error {
	filled, err := villager{http.DefaultClient, &fleet{addrs: []string{addr}}}.form(0, "照片")
	if err != nil {
		return err
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	parts.WriteField("token", filled.Get("token"))
	file, _ := parts.CreateFormFile("files", "现场.jpg")
	file.Write(photo)
	parts.Close()
	answer, err := http.Post("http://"+addr+"/report/files", parts.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("upload: %s", answer.Status)
	}
	return nil
}
