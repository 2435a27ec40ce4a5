"""What telephone vendors send and expect, taken from their public documents (each named with its data).

Values a document does not give are made up in its form; nothing here is a real call.
"""

from urllib.parse import parse_qs

# Twilio, "Secure webhooks" (twilio.com/docs/usage/webhooks/webhooks-security) and the vectors that all of
# Twilio's own libraries are tested with (RequestValidator).
TWILIO_TOKEN = "12345"
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_FORM = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675309"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
}
TWILIO_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
TWILIO_REPEATED_FORM = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234", "1234"]}
TWILIO_REPEATED_SIGNATURE = "IK+Dwps556ElfBT0I3Rgjkr1wJU="
TWILIO_MIXED_CASE = ("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")
TWILIO_OWN_PORT = ("https://MyCompany.com:1234/myapp.php?foo=1&bar=2", "PCqOZm8cnu/L6+u5i5fuEd+Iac4=")

# Twilio, "TwiML Voice: Twilio's request" (twilio.com/docs/voice/twiml), <Dial>, <Gather> and <Record>.
TWILIO_CALL = {
    "CallSid": "CA0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "AccountSid": "AC0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "From": "+4989555001",
    "To": "+4930555001",
    "CallStatus": "ringing",
    "ApiVersion": "2010-04-01",
    "Direction": "inbound",
}

# SignalWire, "Webhook security" (developer.signalwire.com/guides/webhook-security) and vector A of the
# description that its own libraries follow.
SIGNALWIRE_KEY = "PSKtest1234567890abcdef"
SIGNALWIRE_URL = "https://example.ngrok.io/webhook"
SIGNALWIRE_BODY = b'{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}'
SIGNALWIRE_SIGNATURE = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f"

# sipgate, "API reference" of the push API (developer.sipgate.io/push-api/api-reference and
# github.com/sipgate/sipgate.io): the curl examples.
SIPGATE_NEW_CALL = parse_qs(
    "event=newCall&from=492111234567&to=4915791234567&direction=in&callId=123456"
    "&user[]=Alice&user[]=Bob&userId[]=w0&userId[]=w1&fullUserId[]=1234567w0&fullUserId[]=1234567w1"
)
SIPGATE_ANSWER = parse_qs(
    "event=answer&callId=123456&user=John+Doe&userId=w0&fullUserId=1234567w0&from=492111234567"
    "&to=4915791234567&direction=in&answeringNumber=21199999999"
)
SIPGATE_HANGUP = parse_qs(
    "event=hangup&cause=normalClearing&callId=123456&from=492111234567&to=4915791234567&direction=in"
    "&answeringNumber=4921199999999"
)
SIPGATE_DTMF = parse_qs("event=dtmf&dtmf=1&callId=123456")

# sipgate's library for webhooks (github.com/sipgate-io/sipgateio-node): the key and a signed request of its
# tests ("Signed webhook server").
SIPGATE_PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAvFdlnqRfO5TmqzjtsFVC
qPz+oW+poi3lXQFvMJJMEAtlU4MbX+yuIkgnC+Qt3AQWIK+oWSEQiybg+p39wEMl
16PZxEzf9gONQvTg1XhyHnwqYUFQj/AoxPKGYC3jmdjZ224SrESiTN3CdxoOc3vk
cXiQstYE7SxnksPtzfk0aIOkicim5/tAP9izNQ18/zmX3ChjK2k72gf5dDlq+qZ8
pRiHAPZ64TySH6cLQDhaoh6Nbq8FEG3usXXPClbUMh2DZaTMPafpd+LNuTngJ/y+
KoZasVuFfXAeBqGA6l5d4Uedfr99Z6qjwDrJ8sU4z2Do9bJrbuqP+mOXEebhSI1K
vi8trEfrIt8hnDBGsBaB9NEO3kYxvDT2/PhC9fNYFocjEpZNd7/mUqTJDYlpa4UC
NDQaU+ATdXG8/P5sGAegks6MQTu+qe9XTO0CV48eswDkz6g3UbLOwmrJK59SjD3J
yAZ52sluwyDKRWw/PPTt8BTQLjvkdbiLUlc4ehJ4b1X7D7diYWHDPeFL47cAvaXh
dXVrZDeBJYibvD1jRx4ES0KlfhwzNXBYUoM/Movg9zMM2PzyHHKS//xIjwUC/FJ6
/6eykno0Hy2B1ev6s3hdY6VkN2zd7Wf+EK4DxRliwsg1U99szFE3ewLfexF+Uag5
M+TfPtOUumI/NHMTvsRW9+ECAwEAAQ==
-----END PUBLIC KEY-----
"""
SIPGATE_SIGNED_BODY = (
    b"callId=&direction=in&event=newCall&from=4912354678&fullUserId%5B%5D%5B0%5D=123456789"
    b"&originalCallId=&to=49999999&user%5B%5D%5B0%5D=TestUser&userId%5B%5D%5B0%5D=123456789&xcid="
)
SIPGATE_SIGNATURE = (
    "hlY7r9Vad0NP/7xJxf+vcDqjWaGWHOcIrj+rcP5aqQQcHtbSLsElp2kRNRPBL5unWbq6bExVPZB49HHM+Y/fWSVL19q7KSJh"
    "YPHfikcME0r0mCYB4S/VnJwnIvpiqz6s7Dpnk3wDCy65B3WQLwBVWA9oh6ojNM/g+87YnoMTKRx1KoFqosKNfBp1c1I8XjXu"
    "sGOW/VlGnMb6wHhUVdwi9K7FfUgxj2pnV+M1Xv9rYs6RAi4V1OcUPqdT5geHsxWa09sk+AEHSUm1EFnAvx7PhIkugpNwST7y"
    "PKHf0+iyei4qUQCBZtfQVOI4mLZTRfQuyVo3YuJfvHaNPYY34/1ZCZGCKeu+HS6WHs1vGUyKxSi8v4JJqog2VOlWruf8pMGg"
    "+syuAFwuxiCnWsSXgaaUfe9JrBAFjBxUmNP9DzR1bbkwxkJnthacu7jALXjGsubjSSSl955QgenV/ZpODHgWDPg0fe6qGILt"
    "k+kXLjyfSsoR/qgzE5W5OAyZq8W64h01KAt9Q283N7/2nogy6keiIWL3qjPolWnrchSP7iJUatM2YiTcpkNKnJ70UE05cdw3"
    "swuNe7zqD51MdOX3rAioEOFgOIFMSrxMVX+V4XK7sa5o43smN8lHoa+0AogQMuIrC7k2axdRbulSSNfyqVAZIT4qS0cItiv3"
    "aPXsdDKkkA0="
)

# Placetel, "Call Control-/Notify-API" (github.com/Placetel/call-control-notify-api).
PLACETEL_SECRET = "12345"
PLACETEL_SIGNED_BODY = (
    b"call_id=4a4cbb39578170aed9a2761a7bec8c7e704a541f52291ef603d6f5f152980c3c"
    b"&event=CallAccepted&from=0123456789&to=0987654321"
)
PLACETEL_SIGNATURE = "c4f823c5b8806432fe2b83b1fc2ee714422e0cdfb4b5129152a7d0bbcd7792d0"
PLACETEL_CALL = {
    "event": "IncomingCall",
    "from": "022129191999",
    "to": "022129191998",
    "call_id": "f4591ba315d81671d7a06c2a3b4f963dafd119de39cb26edd8a6476676b2f447",
    "direction": "in",
}

# Zammad, "Generic CTI" (docs.zammad.org, api/generic-cti): the payloads of its three events.
ZAMMAD_NEW_CALL = {
    "event": "newCall",
    "from": "493023125741",
    "to": "492214710334",
    "direction": "in",
    "callId": "307fa962-de8d-4ffc-817b-7f6993204159",
    "user": ["Christopher Miller", "Emma Taylor"],
}
ZAMMAD_HANGUP = {
    "event": "hangup",
    "from": "493023125741",
    "to": "492214710334",
    "direction": "in",
    "callId": "307fa962-de8d-4ffc-817b-7f6993204159",
    "user": "Emma Taylor",
    "answeringNumber": "emma@chrispresso.com",
    "cause": "normalClearing",
}
ZAMMAD_OUTGOING = {
    "event": "newCall",
    "from": "493023125741",
    "to": "492214710334",
    "direction": "out",
    "callId": "f4ebd2be-7b9a-4d58-94c2-eb06a3c2ce76",
    "user": "Christopher Miller",
}
