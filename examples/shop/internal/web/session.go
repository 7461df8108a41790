package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

// What a session holds.
const (
	sessionUser    = "user"
	sessionSince   = "since"   // seconds since 1970
	sessionProcess = "process" // the one that was logged in to
)

// currentUser returns who is logged in, or "".
func currentUser(c *gin.Context) string {
	user, _ := sessions.Default(c).Get(sessionUser).(string)
	return user
}

func (s *Server) loginForm(c *gin.Context) {
	if currentUser(c) != "" {
		c.Redirect(http.StatusSeeOther, "/account")
		return
	}
	s.page(c, http.StatusOK, "login.html", gin.H{"Title": "Log in"})
}

func (s *Server) login(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFormBytes)
	user := c.PostForm("user")
	if !s.knows(user, c.PostForm("password")) {
		s.page(c, http.StatusUnauthorized, "login.html", gin.H{
			"Title": "Log in", "Entered": user, "Problem": "That name and password do not match.",
		})
		return
	}
	session := sessions.Default(c)
	session.Clear()
	session.Set(sessionUser, user)
	session.Set(sessionSince, time.Now().Unix())
	session.Set(sessionProcess, pid)
	if err := session.Save(); err != nil {
		s.fail(c, http.StatusInternalServerError, "The session could not be kept.", err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/account")
}

// knows compares in a time that does not tell how much of a guess was right.
func (s *Server) knows(user, password string) bool {
	if s.options.User == "" || s.options.Password == "" {
		return false
	}
	return equal(user, s.options.User)&equal(password, s.options.Password) == 1
}

func equal(a, b string) int {
	digestA, digestB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(digestA[:], digestB[:])
}

func (s *Server) logout(c *gin.Context) {
	session := sessions.Default(c)
	session.Clear()
	session.Options(sessions.Options{Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if err := session.Save(); err != nil {
		s.fail(c, http.StatusInternalServerError, "The session could not be ended.", err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/")
}

func (s *Server) account(c *gin.Context) {
	if currentUser(c) == "" {
		c.Redirect(http.StatusSeeOther, "/login")
		return
	}
	session := sessions.Default(c)
	since, _ := session.Get(sessionSince).(int64)
	process, _ := session.Get(sessionProcess).(int)
	s.page(c, http.StatusOK, "account.html", gin.H{
		"Title": "Your account", "Days": sessionDays,
		"Since": time.Unix(since, 0).Format(time.TimeOnly), "Process": process,
	})
}
