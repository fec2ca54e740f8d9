import Dispatch
import Foundation
import Synchronization

/// A server on the loopback interface that answers every connection with the same bytes, and remembers what it was
/// asked.
///
/// A class because its port must be given back exactly once.
package final class LoopbackServer: Sendable {
    /// How a connection goes.
    package enum Manner: Sendable {
        /// Answers with this text and closes.
        case answer(String)
        /// Answers with this text and so many bytes after it.
        case flood(String, bytes: Int)
        /// Answers with this text and then nothing more, on a connection that stays open.
        case part(String)
        /// Answers with this text and then a byte every 50 ms, until nobody listens any more.
        case drip(String)
        /// Answers with this text and then tears the connection down, so that the other side sees a reset.
        case reset(String)
        /// Never answers.
        case silence
        /// Closes without an answer.
        case hangUp
        /// As the request, head and body, leads to.
        case by(@Sendable (String) -> Manner)
        /// One of these for each connection, in this order; the last for all that come after.
        indirect case turns([Manner])
    }

    /// The port that it listens on.
    package let port: Int
    private let listener: Int32
    private let manner: Manner
    private let log = Mutex<[String]>([])
    private let open = Mutex<[Int32]>([])

    /// What it was asked, oldest first.
    package var requests: [String] { log.withLock { $0 } }

    /// Begins to listen on a free port.
    package init(_ manner: Manner) throws {
        self.manner = manner
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard bound, listen(listener, 16) == 0 else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let thread = Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Closed here and nowhere else: a number that is free again may be another server's.
                    close(listener)
                    return
                }
                guard let server = self else {
                    close(connection)
                    continue
                }
                server.serve(connection)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in open.withLock({ $0 }) { close(connection) }
    }

    private func serve(_ connection: Int32) {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while !isComplete(bytes) {
            let count = recv(connection, &block, block.count, 0)
            guard count > 0 else { break }
            bytes += block.prefix(count)
        }
        // Not before all of it is here: a block may end within a character.
        let request = String(decoding: bytes, as: UTF8.self)
        let turn = log.withLock { log in
            log.append(request)
            return log.count - 1
        }
        go(manner, request, connection, turn)
    }

    private func go(_ manner: Manner, _ request: String, _ connection: Int32, _ turn: Int) {
        switch manner {
        case .by(let choice): return go(choice(request), request, connection, turn)
        case .turns(let manners):
            if let manner = turn < manners.count ? manners[turn] : manners.last {
                return go(manner, request, connection, turn)
            }
        case .answer(let text): write(text, to: connection)
        case .flood(let text, let bytes):
            write(text, to: connection)
            let part = String(repeating: "y", count: 65_536)
            for _ in 0..<(bytes / part.count) { guard write(part, to: connection) else { break } }
        case .part(let text):
            write(text, to: connection)
            open.withLock { $0.append(connection) }
            return
        case .drip(let text):
            write(text, to: connection)
            while write("y", to: connection) { usleep(50_000) }
        case .reset(let text):
            write(text, to: connection)
            var hard = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        case .silence:
            open.withLock { $0.append(connection) }
            return
        case .hangUp: break
        }
        close(connection)
    }

    private func isComplete(_ request: [UInt8]) -> Bool {
        guard let end = request.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self)
        let lengths = head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("content-length:") }
        let length = lengths.first.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
        return request[end.upperBound...].count >= length
    }

    @discardableResult
    private func write(_ text: String, to connection: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// An answer with this body.
    package static func ok(_ body: String, status: String = "200 OK", headers: String = "") -> Manner {
        .answer(
            "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }
}
