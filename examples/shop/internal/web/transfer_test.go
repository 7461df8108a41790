package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestUploadOfBytes(t *testing.T) {
	c := begin(t)
	for _, body := range []string{"", "hello", strings.Repeat("0123456789", 1<<18)} {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			got := c.do(c.request(method, "/upload", "application/octet-stream", body))
			got.wants(t, http.StatusOK)
			result := decode[received](t, got.body)
			if result.Bytes != int64(len(body)) || result.SHA256 != digest(body) {
				t.Errorf("%s of %d bytes: got %+v", method, len(body), result)
			}
		}
	}
}

func TestUploadOfUnknownLength(t *testing.T) {
	c := begin(t)
	request := c.request(http.MethodPost, "/upload", "", "")
	request.Body = io.NopCloser(io.LimitReader(&repeated{}, 1<<22))
	request.ContentLength = -1
	got := c.do(request)
	got.wants(t, http.StatusOK)
	if result := decode[received](t, got.body); result.Bytes != 1<<22 {
		t.Errorf("got %+v", result)
	}
}

func TestUploadOfAForm(t *testing.T) {
	c := begin(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, "first"); err != nil {
		t.Fatal(err)
	}
	if err := form.WriteField("note", "second"); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	whole := body.String()

	got := c.do(c.request(http.MethodPost, "/upload", form.FormDataContentType(), whole))
	got.wants(t, http.StatusOK)
	result := decode[received](t, got.body)
	if result.Bytes != int64(len("firstsecond")) || result.SHA256 != digest("firstsecond") || len(result.Parts) != 2 {
		t.Fatalf("got %+v", result)
	}
	if file := result.Parts[0]; file.Field != "file" || file.Name != "a.txt" || file.Bytes != 5 ||
		file.SHA256 != digest("first") {
		t.Errorf("got %+v", file)
	}
	if field := result.Parts[1]; field.Field != "note" || field.Name != "" || field.SHA256 != digest("second") {
		t.Errorf("got %+v", field)
	}

	half := whole[:len(whole)/2]
	c.do(c.request(http.MethodPost, "/upload", form.FormDataContentType(), half)).wants(t, http.StatusBadRequest)
	c.do(c.request(http.MethodPost, "/upload", "multipart/form-data", whole)).wants(t, http.StatusBadRequest)
}

func TestDownload(t *testing.T) {
	c := begin(t)
	for _, size := range []int{0, 1, 1000, 5_000_000} {
		got := c.get("/download?bytes=" + strconv.Itoa(size))
		got.wants(t, http.StatusOK)
		if len(got.body) != size || got.header.Get("Content-Length") != strconv.Itoa(size) {
			t.Fatalf("asked for %d bytes, got %d (Content-Length %s)", size, len(got.body),
				got.header.Get("Content-Length"))
		}
		for i := range size {
			if got.body[i] != byte(i%downloadPeriod) {
				t.Fatalf("%d bytes: the one at %d is %d", size, i, got.body[i])
			}
		}
	}
	if got := c.get("/download"); len(got.body) != defaultDownloadBytes {
		t.Errorf("without a number there are %d bytes", len(got.body))
	}
	head := c.do(c.request(http.MethodHead, "/download?bytes=7", "", ""))
	if head.status != http.StatusOK || head.header.Get("Content-Length") != "7" {
		t.Errorf("HEAD: got %+v", head)
	}
	for _, size := range []string{"-1", "much", "99999999999999999999"} {
		c.get("/download?bytes="+size).wants(t, http.StatusBadRequest, "want a whole number")
	}
}
