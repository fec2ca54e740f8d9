/// What the C library says of a call that failed, as programs append it to their messages: `cannot open /x: Permission
/// denied`. The texts are those of `strerror` and `gai_strerror` in glibc.
struct ErrorTexts: Sendable {
    /// The only list there is; it never changes.
    static let standard = ErrorTexts()

    /// The hashes of the words of each text, under the hash of the first.
    private var texts: [UInt64: [[UInt64]]] = [:]

    private init() {
        for text in Self.known.split(separator: "|") {
            let words = text.split(whereSeparator: \.isWhitespace).map { word in
                let bytes = Array(word.utf8)
                return SymbolHash.word(bytes.span, 0..<bytes.count)
            }
            texts[words[0], default: []].append(words)
        }
    }

    /// How many elements of `pattern` from `position` on are such a text, to the end of the line or before a mark or a
    /// variable; 0 if they are none.
    func length(in pattern: Pattern, at position: Int) -> Int {
        for words in texts[pattern.elements[position].symbol] ?? [] {
            let end = position + words.count
            guard end == pattern.count || end < pattern.count && !pattern.elements[end].isLiteral else { continue }
            if words.indices.allSatisfy({ pattern.elements[position + $0].symbol == words[$0] }) { return words.count }
        }
        return 0
    }

    private static let known = """
        .lib section in a.out corrupted | Accessing a corrupted shared library | Address already in use |
        Address family not supported by protocol | Advertise error | Argument list too long | Attempting to
        link in too many shared libraries | Bad address | Bad file descriptor | Bad font file format | Bad
        message | Block device required | Broken pipe | Can not access a needed shared library | Cannot
        allocate memory | Cannot assign requested address | Cannot exec a shared library directly | Cannot
        send after transport endpoint shutdown | Channel number out of range | Communication error on send |
        Connection refused | Connection reset by peer | Connection timed out | Destination address required
        | Device not a stream | Device or resource busy | Directory not empty | Disk quota exceeded |
        Exchange full | Exec format error | File descriptor in bad state | File exists | File name too long
        | File too large | Function not implemented | Host is down | Identifier removed | Illegal seek |
        Inappropriate ioctl for device | Input/output error | Interrupted system call | Interrupted system
        call should be restarted | Invalid argument | Invalid cross-device link | Invalid exchange | Invalid
        or incomplete multibyte or wide character | Invalid request code | Invalid request descriptor |
        Invalid slot | Is a directory | Is a named type file | Key has been revoked | Key has expired | Key
        was rejected by service | Level 2 halted | Level 2 not synchronized | Level 3 halted | Level 3 reset
        | Link has been severed | Link number out of range | Machine is not on the network | Memory page has
        hardware error | Message too long | Multihop attempted | Name not unique on network | Name or
        service not known | Network dropped connection on reset | Network is down | Network is unreachable |
        No CSI structure available | No XENIX semaphores available | No address associated with hostname |
        No anode | No buffer space available | No child processes | No data available | No locks available |
        No medium found | No message of desired type | No route to host | No space left on device | No such
        device | No such device or address | No such file or directory | No such process | Non-recoverable
        failure in name resolution | Not a XENIX named type file | Not a directory | Numerical argument out
        of domain | Numerical result out of range | Object is remote | Operation already in progress |
        Operation canceled | Operation not permitted | Operation not possible due to RF-kill | Operation not
        supported | Operation now in progress | Out of streams resources | Owner died | Package not
        installed | Permission denied | Protocol driver not attached | Protocol error | Protocol family not
        supported | Protocol not available | Protocol not supported | Protocol wrong type for socket | RFS
        specific error | Read-only file system | Remote I/O error | Remote address changed | Required key
        not available | Resource deadlock avoided | Resource temporarily unavailable | Socket operation on
        non-socket | Socket type not supported | Software caused connection abort | Srmount error | Stale
        file handle | State not recoverable | Streams pipe error | Structure needs cleaning | Success |
        Temporary failure in name resolution | Text file busy | Timer expired | Too many levels of symbolic
        links | Too many links | Too many open files | Too many open files in system | Too many references:
        cannot splice | Too many users | Transport endpoint is already connected | Transport endpoint is not
        connected | Value too large for defined data type | Wrong medium type
        """
}
