//go:build keep

package keep

import (
	_ "filippo.io/age"
	_ "github.com/PuerkitoBio/goquery"
	_ "github.com/alicebob/miniredis/v2"
	_ "github.com/chromedp/chromedp"
	_ "github.com/dchest/captcha"
	_ "github.com/glebarez/sqlite"
	_ "github.com/gofiber/fiber/v2"
	_ "github.com/go-redis/redis_rate/v10"
	_ "github.com/google/uuid"
	_ "github.com/jackc/pgx/v5"
	_ "github.com/jba/templatecheck"
	_ "github.com/mozillazg/go-pinyin"
	_ "github.com/pquerna/otp/totp"
	_ "github.com/pressly/goose/v3"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/redis/go-redis/v9"
	_ "golang.org/x/crypto/argon2"
	_ "golang.org/x/image/webp"
	_ "golang.org/x/net/html"
	_ "golang.org/x/text/unicode/norm"
	_ "golang.org/x/sync/errgroup"
	_ "gopkg.in/yaml.v3"
	_ "gorm.io/driver/postgres"
	_ "rsc.io/qr"
)
