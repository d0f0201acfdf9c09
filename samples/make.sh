#!/usr/bin/env bash
# Makes the files of the sample case "Lantern". All States, persons, places and firms in them are invented. The results are
# kept beside this script, so nobody has to run it; it needs ffmpeg, imagemagick, espeak-ng, e2fsprogs, sqlite3, zip, chromium.
set -euo pipefail
cd "$(dirname "$0")/lantern"
font=$(fc-match -f '%{file}' 'Noto Sans')

# The gate of the plant, as a night camera sees it.
convert -size 1280x853 gradient:'#0d1a26'-'#3c4a52' -fill '#182430' -draw 'rectangle 0,560 1280,853' \
  -fill '#2a3944' -draw 'polygon 160,560 160,300 620,250 620,560' -fill '#1f2c36' -draw 'rectangle 640,330 1180,560' \
  -fill '#e7c46a' -draw 'rectangle 230,360 290,420 rectangle 330,352 390,416 rectangle 430,344 490,410' \
  -stroke '#7d8b94' -strokewidth 4 -fill none -draw 'line 640,440 1180,440 line 700,330 700,560 line 800,330 800,560 line 900,330 900,560 line 1000,330 1000,560 line 1100,330 1100,560' \
  -stroke none -fill '#cfd8dc' -font "$font" -pointsize 26 -annotate +24+40 'CAM 2  MARROW QUAY GATE  2026-11-03 02:41:17' \
  -attenuate 0.25 +noise Gaussian -blur 0x0.6 -quality 82 harbour-gate.jpg
exiftool -q -overwrite_original -Make='Nightwatch' -Model='NW-2' -DateTimeOriginal='2026:11:03 02:41:17' harbour-gate.jpg 2>/dev/null || true

convert -size 900x620 xc:'#efe9da' -fill '#3d4b57' -draw 'rectangle 60,120 300,430' -fill '#b9a98a' -draw 'circle 180,230 180,160 ellipse 180,400 95,90 180,360' \
  -fill '#222' -font "$font" -pointsize 30 -annotate +340+150 'REPUBLIC OF COSTAVIA' -pointsize 22 -annotate +340+200 'Seaman’s book  CV 00418-S' \
  -annotate +340+250 'Name  R. T.' -annotate +340+290 'Born  14 02 1999' -annotate +340+330 'Kept by employer: “for safety”' \
  -pointsize 24 -annotate +60+560 'P<CVARRT<<SPECIMEN<<<<<<<<<<<<<<<<<<<<<<<<' -rotate 1.4 -attenuate 0.15 +noise Gaussian -colors 128 seamans-book.png

cat > wage-book.html <<'H'
<!doctype html><meta charset="utf-8"><title>Wage book, Marrow Quay plant</title>
<style>@page{size:A4;margin:24mm}body{font:12pt "Noto Serif",serif}h1{font-weight:400;font-size:20pt}table{border-collapse:collapse;width:100%}
th{font-weight:400;text-align:end;border-bottom:1px solid}td{padding:6px;text-align:end;font-style:italic;border-bottom:.3px solid #999}
td:first-child,th:first-child{text-align:start}section{break-after:page}p{font-style:italic}</style>
H
for month in July August September; do
  { echo "<section><p>Marrow Quay Fish Co. &nbsp; Hall 2</p><h1>Wages, $month</h1><table><tr><th>Name<th>Days<th>Earned<th>Bed<th>Papers<th>Kept back<th>Paid out</tr>"
    i=0; for who in 'R. T.' 'K. L.' 'S. O.' 'M. A.' 'D. D.' 'P. V.' 'J. R.' 'T. B.' 'E. K.' 'L. M.'; do
      days=$((22 + (i * 7 + ${#month}) % 6)); earned=$((days * 12)); kept=$((earned - 140 - 35 - (i % 3) * 17))
      echo "<tr><td>$who<td>$days<td>$earned.00<td>140.00<td>35.00<td>advance $kept.00<td>$(((i % 3) * 17)).00</tr>"; i=$((i + 1)); done
    echo '</table><p>“Advance” is what each owes for the journey. Nobody leaves before it is paid. Papers stay in the office.</p></section>'; } >> wage-book.html
done
chromium --headless --no-sandbox --disable-gpu --disable-background-networking --no-pdf-header-footer --print-to-pdf=wage-book.pdf wage-book.html 2>/dev/null
rm wage-book.html

espeak-ng -v en -s 150 -w call.wav 'This is the helpline. I am calling from the fish plant at Marrow Quay. There are ten of us. They keep our papers in the office. The gate is locked at night. Please do not call this number back.'
ffmpeg -loglevel error -y -i call.wav -ac 1 -c:a libopus -b:a 24k helpline-call.ogg; rm call.wav
ffmpeg -loglevel error -y -f lavfi -i "color=c=0x1a2228:s=640x360:d=8,noise=alls=14:allf=t" -f lavfi -i "anoisesrc=d=8:c=brown:a=0.05" \
  -vf "drawbox=x='40+40*t':y=140:w=70:h=120:color=0x9aa7ad@0.8:t=fill,drawbox=x=420:y=80:w=150:h=220:color=0x0c1114:t=fill,drawtext=fontfile=$font:text='HALL 2  %{pts\:hms}':x=16:y=16:fontsize=18:fontcolor=white" \
  -c:v libvpx -b:v 220k -c:a libopus -b:a 24k -shortest hall-2-night.webm

mkdir -p extract/data/messages extract/data/media
sqlite3 extract/data/messages/msgstore.db "CREATE TABLE message(id INTEGER PRIMARY KEY, sent TEXT, sender TEXT, body TEXT);
INSERT INTO message(sent,sender,body) VALUES('2026-10-28T19:02:00Z','Anchor','The van comes at five. Bring all the books.'),
('2026-10-28T19:03:40Z','Quay 2','Ten books, two rings of keys.'),('2026-10-29T04:58:10Z','Anchor','Open the side gate.');"
convert harbour-gate.jpg -resize 320x extract/data/media/IMG_0007.jpg
printf '<?xml version="1.0" encoding="utf-8"?>\n<report device="K-14" serial="0042-TEST" tool="handset reader 3" time="2026-11-12T13:20:05Z" messages="3" media="1"/>\n' > extract/report.xml
(cd extract && rm -f ../handset-k14.zip && zip -q -X -r ../handset-k14.zip .); rm -r extract

truncate -s 512K usb-stick.dd
mkdir stick; printf 'date;name;ticket;paid by\n2026-06-02;R. T.;boat;Anchor\n2026-06-02;K. L.;boat;Anchor\n2026-06-09;S. O.;bus;Anchor\n' > stick/journeys.csv
printf 'Rooms: 2 (10 beds). Keys with D. K.\n' > stick/rooms.txt
mke2fs -q -F -t ext2 -d stick usb-stick.dd; rm -r stick

cat > job-offer.html <<'H'
<!doctype html><html lang="en"><meta charset="utf-8"><title>Good work at sea: start now</title>
<h1>Good work at sea</h1><p>Sorting hall, 1,200 a month, bed and meals free. We pay your journey. No papers? We help.</p>
<p>اتصل بنا اليوم. · Пишите сегодня. · 今天就联系我们。</p><script>document.title = 'This page ran a script';</script></html>
H
cat > chat-export.txt <<'T'
[28/10/2026, 19:02] Anchor: The van comes at five. Bring all the books.
[28/10/2026, 19:03] Quay 2: Ten books, two rings of keys.
[28/10/2026, 19:20] R. T.: متى نستطيع أن نرسل النقود إلى البيت؟
[28/10/2026, 19:22] Anchor: When the advance is paid.
[29/10/2026, 04:58] Anchor: Open the side gate.
[29/10/2026, 05:40] K. L.: Куда нас везут?
[29/10/2026, 05:41] L. M.: 我们的证件在哪里？
T
cat > transfers.csv <<'C'
date,from,to,amount,currency,reference
2026-09-30,Marrow Quay Fish Co.,Anchor Crewing,3860.00,ALD,wages hall 2
2026-10-01,Anchor Crewing,D. Koller,3100.00,ALD,advance
2026-10-31,Marrow Quay Fish Co.,Anchor Crewing,4012.00,ALD,wages hall 2
C
cat > tip.eml <<'M'
From: "Port chaplain" <chaplain@harbour.example>
To: "Helpline" <help@helpline.example>
Subject: People behind the locked gate
Date: Tue, 03 Nov 2026 08:15:00 +0000
Message-ID: <4711@harbour.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Three workers came to me on Sunday. They say that they have not been paid since July
and that their seaman's books are locked away. They asked me not to say who they are.
M
ls -l
