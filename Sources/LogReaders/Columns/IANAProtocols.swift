/// IP protocol numbers by the lower-case names under which nfdump, Zeek and Argus print them: the
/// keywords of IANA's "Assigned Internet Protocol Numbers" and these tools' own variants.
let ianaProtocols: [String: Int64] = [
  "hopopt": 0, "ip": 0, "unknown_transport": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipip": 4,
  "ipv4": 4, "st": 5, "tcp": 6, "cbt": 7, "egp": 8, "igp": 9, "nvp": 11, "pup": 12, "udp": 17,
  "mux": 18, "hmp": 20, "xns-idp": 22, "rdp": 27, "irtp": 28, "iso-tp4": 29, "dccp": 33,
  "idpr": 35, "xtp": 36, "ddp": 37, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45,
  "rsvp": 46, "gre": 47, "dsr": 48, "esp": 50, "ah": 51, "swipe": 53, "narp": 54, "mobile": 55,
  "skip": 57, "icmp6": 58, "ipv6-icmp": 58, "icmpv6": 58, "ipv6-no": 59, "ipv6-opts": 60,
  "vines": 83, "eigrp": 88, "ospf": 89, "ospfigp": 89, "mtp": 92, "etherip": 97, "encap": 98,
  "pim": 103, "ipcomp": 108, "vrrp": 112, "pgm": 113, "l2tp": 115, "isis": 124, "crtp": 126,
  "sctp": 132, "fc": 133, "mobility": 135, "udplite": 136, "udp-lite": 136, "mpls": 137,
  "hip": 139, "shim6": 140,
  // What Argus prints where it knows the application over UDP.
  "rtp": 17, "rtcp": 17, "udt": 17,
]
