"""Hand-written lines with and without personal data; a kind, or "" for none."""

POSITIVE = """
email|Please write to jane.doe@example.com for help.
email|My address is m_keller77@posteo.example.de, thanks
email|Contact: SALES@NORTHWIND-TRADERS.CO.UK
email|reach me at j.o'brien+shop@mail.example.org.
email|(info@tents.example)
email|mailto:returns@shop.example.com
email|You can mail anna [at] example [dot] com any time
email|support (at) example.com answers within a day
email|From: "Tom" <tom.w@example.io>
email|It was sent to both a1@b2.example.net and the owner
phone|Call 408-247-8880 for a table.
phone|Their number is (212) 555-0199, ask for Sue.
phone|Phone: +1 415 555 2671
phone|Tel. 030/1234567
phone|Tel.: 089 45678901
phone|ring me on 07700 900123 after six
phone|London office: 020 7946 0958
phone|+44 20 7946 0958
phone|+49 (0)30 901820
phone|+33 1 42 68 53 00
phone|01 42 68 53 00 is the Paris shop
phone|Fax 1-800-555-0175
phone|Call 1-800-FLOWERS today
phone|my cell is 555-867-5309
phone|text 917.555.0143 when you arrive
phone|Our hotline 0800 1234567 is free
phone|Mobil: 0171 2345678
phone|whatsapp +34 612 34 56 78
phone|Customer service: (800) 555-0100 ext. 42
phone|You can reach me at 617 555 0134.
phone|their phone number is 650-555-0111.
phone|+1-202-555-0143
phone|+91 98765 43210
phone|contact us on 0161 496 0345
phone|(01632) 960 983
phone|telefon 0043 1 58858
phone|+353 1 555 0123
phone|call me: 2125550143
address|Ship it to 12 Maple Street, Springfield, IL 62704, please.
address|I live at 742 Evergreen Terrace, Springfield.
address|Deliver to 1600 Pennsylvania Ave NW, Washington, DC 20500
address|221B Baker Street, London NW1 6XE
address|Our shop is at 45 High Road, Ilford.
address|send it to 9 Oak Lane, Apt 4B, Boston, MA 02118
address|Musterstr. 12, 10115 Berlin
address|Lindenstraße 4a, 50674 Köln
address|Unter den Linden 77, 10117 Berlin
address|Hauptstrasse 5, 8001 Zürich
address|12 rue de la Paix, 75002 Paris
address|Keizersgracht 174, 1016 DW Amsterdam
address|Via Roma 12, 00184 Roma
address|Calle Mayor 8, 28013 Madrid
address|P.O. Box 1532, Tulsa, OK 74101
address|PO Box 88, Leeds LS1 4AP
address|He moved to Portland, OR 97205 last year
address|my zip code is 94107
address|postcode SW1A 2AA
address|The parcel went to Flat 3, 18 Church Road, Bristol BS8 1TB.
address|55 West 46th Street, Suite 1200, New York, NY 10036
address|ship to 42 elm street please
address|I am at 310 N. Main St., Ann Arbor, MI 48104
address|3800 Rosecrans Street is the closest one.
address|1234 Sunset Blvd, Los Angeles, CA 90026
address|17 Queen's Road, Cambridge CB3 9AB
address|Delivery address: 8 Harbour Close, Plymouth, PL1 3DX
address|77 Massachusetts Avenue, Cambridge, MA 02139
address|10 Downing Street, London SW1A 2AA
address|401 Castro Street #2, Mountain View
address|Kastanienallee 23, 10435 Berlin
address|Am Markt 5, 99084 Erfurt
address|500 Terry Francois Boulevard, San Francisco, CA 94158
address|Please update it to 6051 Aspen Court, Denver, CO 80014.
address|96 Chestnut Way, Dayton, Ohio 45402
card|Card number 4111 1111 1111 1111 was declined.
card|I paid with 5500-0000-0000-0004
card|visa 4012888888881881 exp 04/27
card|amex 3782 822463 10005
card|My card is 6011 1111 1111 1117, cvc 123
card|charge 378282246310005 please
card|4242424242424242
card|please use 5105 1051 0510 5100 instead
card|payment by 2223 0031 2200 3222
card|credit card: 4532 7153 3790 1241
card|3530 1113 3330 0000 is my JCB card
card|debit 4000-0566-5566-5556
iban|IBAN DE89 3704 0044 0532 0130 00
iban|transfer to GB29NWBK60161331926819
iban|NL91 ABNA 0417 1643 00 is the account
iban|refund FR14 2004 1010 0505 0001 3M02 606
iban|my bank: ES9121000418450200051332
order|My order #112-3456789-1234567 has not come.
order|Order no. 100023411 arrived broken
order|order number is W2378156
order|Where is order WH-240138?
order|Invoice INV-2024-00123 is wrong
order|Invoice number: 88213457
order|tracking number 1Z999AA10123456784
order|Tracking: 9400111899223344556677
order|booking reference AB12345
order|RMA #55410
order|Bestellnummer 40012345
order|Rechnung Nr. 2024-118833
order|your order 100045678 was shipped
order|Your order (#10442) is on its way
order|Case ID 00581234
order|ticket #884213
order|PO number 4500123456
order|Order ID: 7712-4415-90
order|customer number 3344556
order|Royal Mail RM123456785GB
order|purchase order 45001234 attached
order|order #A-100231
order|Order Number - 30021174
order|Kundennummer: 1002334
order|confirmation number QX4471023
order|commande n° 20458812
order|reservation #7781244
ip|I was blocked, my IP is 81.2.69.160
ip|request from 203.119.42.7 failed
ip|2a00:1450:4001:81b::200e logged in
email|Bill to: finance@acme-tools.example
email|ask for lena@kindermode.example.at
phone|Phone (650) 253-0000
phone|Dial 0845 123 4567
address|24 Cedar Avenue
address|Hofweg 9, 2511 AA Den Haag
""".strip().splitlines()

NEGATIVE = """
55-inch 4K 120Hz television with HDMI 2.1
Sony WH-1000XM4 wireless headphones
EAN 4006381333931
GTIN: 00012345678905
UPC 0 12345 67890 5
ISBN 978-3-16-148410-0
ISBN-10: 0-306-40615-2
Model number 910-005647 by Logitech
Part no. 100-200-3000
SKU 4111-2222-3333
Dimensions 218 x 128 x 46 cm, weight 2.1 kg
It costs $1,299.00 instead of $1,499.99.
Price: 1.299,00 EUR
Released on 2024-03-15
Best before 05.06.2026
Open 09:00-17:30, Monday to Friday
The resolution is 3840 x 2160 pixels.
Battery: 5000 mAh, 45 W charging
Xerox 006R90321 toner, 6 pcs
Intel Core i7-13700K, 5.40 GHz
firmware 1.12.0.44 fixes a bug
version 10.0.19045.3570
The router's page is at 192.168.1.1
subnet 255.255.255.0
Set DNS to 10.0.0.2
12 Speed Road Bike, 54 cm frame
21 Speed Drive Train by Shimano
5 Star Way to sleep
100 % cotton, size 42
Order by 5 pm for delivery tomorrow
orders over $50 ship free
in order to fit 2000 g of flour
Order 24 units to get 10 % off
Order code: XPS-93205
We had 120000 customers in 2023
Apple M2 8GB 256GB SSD
M2 2TB drive
HP CF410A, 410A black
SE 5 2XL shirt
LEGO 75192, 7541 pieces
ASIN B07CXG6C9W
IMEI 356938035643809
Serial number 490154203237518
Hex bolt M8 x 40 DIN 933
ISO 9001:2015
EN 397:2012+A1
AA 1.5V LR6 4-pack
3 x 200 ml = 600 ml
Pantone 19-4052
RAL 7016
1/2 inch, 3/4 in drive
The 2019 Grammy Award
Founded in 1884, it has 3500 employees
1,000,000 copies were sold
Temperature -20 to 60 °C
See page 112-118
chapter 3.2.1.4 of the manual
section 8.1.1.1
ratio 16:9
Score 21-15, 15-21, 21-19
In 1994 Madison Avenue executives had doubts.
Wall Street fell on Monday
the 42nd Street musical
7 Wonders Board Game
360 degree camera
pack of 100 000 staples
4-6 weeks
size 8-10 (EU 38-40)
lens 24-70mm f/2.8
ISO 100-51200
bulb 220-240V 50/60Hz
tyre 205/55 R16 91V
CAS 7732-18-5
US Patent 7,654,321
patent 10123456
barcode 5449000000996
compatible with 045496590420
Item 4006381-333931
1500 W, 230 V
Contrast 100000:1
noise 36 dB(A)
USB 3.2 Gen 2x2 20 Gbps
802.11 a/b/g/n/ac
Cat 6a S/FTP 500 MHz
RG-59 coax 75 ohm
CR2032 lithium
Wi-Fi 6E (2.4/5/6 GHz)
GeForce RTX 4090 24GB
image@2x.png
@shopwright on all networks
npm install react@18.2.0
E27 806 lm 2700 K
SPF 50+
Bluetooth 5.3, range 10 m
Via Bluetooth 5 you connect 2 devices
Ring 5, size 54
Earring 925 silver
Spring 2024 collection
String 12 m long
200 thread count, 140 x 200 cm
1st place, 2nd prize
1080p at 60 fps
20.5 oz / 606 ml
Set of 6, 12 or 24
4 stars out of 5 from 1,245 reviews
The flight leaves at 10:45 am and lands at 6:05 pm
3.14159265358979
0.0001 mol
1e-05
-40 °F
10-20-30 fertiliser
No. 5 by Chanel
Area 51
2024/25 season
MPN 0950-205603-217
Art.-Nr. 40012345
Artikel 100 200 300
Ref. 116610LN-0001
Colour #FF5733
hashtag #20240101
In case 2000 g is too heavy, split it
The return of 1984
an account of 1066
Part number 415-555-2671
model 212-555-0199
Tracking pixel 12345
lot 20240115
batch no. 2024-00155
Cart (0) items
Box of 500 sheets A4
10 Hour Drive from here
3 Piece Garden Set
8 Person Park Bench
""".strip().splitlines()
