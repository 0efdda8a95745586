"""Cards as programs write them, with fictional people."""

from __future__ import annotations

import base64

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one dot (PNG)."""

_BASE64 = base64.b64encode(DOT).decode()

OLD = f"""BEGIN:VCARD
VERSION:2.1
N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Br=F6del;Ren=E9;;Dr;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Dr Ren=C3=A9=
 Br=C3=B6del
ORG:Mere Carers;Outreach
TITLE:Chair
ROLE:Convenor
TEL;WORK;FAX:01632 960010
TEL;HOME;VOICE:01632 960011
TEL;CELL:07700 900012
TEL;WORK;VOICE;PREF:01632 960013
EMAIL;INTERNET:rene@example.org
EMAIL;INTERNET;PREF:chair@example.org
EMAIL;X400:/S=brodel/O=mere
ADR;WORK:;;12 Long
 Street;Mere;Wessex;ZZ1 2AB;
LABEL;WORK;ENCODING=QUOTED-PRINTABLE:12 Long Street=0D=0AMere=0D=0AWessex ZZ1 2AB
NOTE;ENCODING=QUOTED-PRINTABLE:Likes a call first=2E=0D=0A=
Never before ten\\nhonestly
BDAY:19700314
PHOTO;ENCODING=BASE64;TYPE=PNG:{_BASE64[:40]}
 {_BASE64[40:]}

KEY;X509;ENCODING=BASE64:
 aGVsbG8=

X-COLOUR:blue
this line is no property
REV:20260101T000000Z
END:VCARD
"""

NEWER = f"""BEGIN:VCARD\r
VERSION:3.0\r
PRODID:-//Some phone//EN\r
UID:sam-1\r
FN:Sam Field\r
N:Field;Sam;;;\r
item1.TEL;TYPE=pref:18001 01632 960021\r
item1.X-ABLabel:_$!<Text relay>!$_\r
TEL;TYPE=WORK,VOICE:01632 960020\r
TEL;TYPE="home,voice":01632 960022\r
item2.URL:https://example.org/sam\r
item2.X-ABLabel:_$!<HomePage>!$_\r
URL:https://example.org/other\r
ADR;TYPE=home:PO Box 3;;1 The Green\\, rear;Mere\\; Upper;;ZZ1 3AB;UK\r
CATEGORIES:Carers,Transport\r
NOTE:One\\, two\\; three\\nnext line that is long enough to be fo\r
 lded in the middle of a word\r
NICKNAME:Sammy\r
IMPP;TYPE=home:xmpp:sam@example.org\r
PHOTO;VALUE=uri:https://example.org/sam.png\r
AGENT:BEGIN:VCARD\\nVERSION:3.0\\nFN:Jo Reed\\nTEL:01632 960023\\nEND:VCARD\\n\r
GENDER:M\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
FN:No End\r
EMAIL:noend@example.org\r
BEGIN:VCARD\r
VERSION:3.0\r
ORG:Mere Deaf Club\r
X-ABShowAs:COMPANY\r
LOGO;ENCODING=b;TYPE=PNG:{_BASE64}\r
END:VCARD\r
"""

NEWEST = f"""BEGIN:VCARD
VERSION:4.0
KIND:group
UID:urn:uuid:00000000-0000-4000-8000-000000000001
FN:Mere Forum
MEMBER:urn:uuid:00000000-0000-4000-8000-000000000002
MEMBER:mailto:somebody@example.org
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:individual
UID:urn:uuid:00000000-0000-4000-8000-000000000002
FN:Ana Novak
N:Novak;Ana;;;
LANG;PREF=2:en
LANG;PREF=1:pl
TEL;VALUE=uri;PREF=1;TYPE="voice,work":tel:+44-1632-960030;ext=5
RELATED;TYPE=friend:urn:uuid:00000000-0000-4000-8000-000000000001
RELATED;TYPE=contact;VALUE=text:Her sister\\, Eva
GENDER:F
ANNIVERSARY:20010203
BDAY:--0314
PHOTO:data:image/png;base64,{_BASE64}
ADR;LABEL="2 Mill Lane\\nMere\\nthird door":;;2 Mill Lane;Mere;;ZZ1 2CD;
X-RFC6868;X-SAID="a^nb":yes
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Mere Carers
ORG:Mere Carers
END:VCARD
"""
