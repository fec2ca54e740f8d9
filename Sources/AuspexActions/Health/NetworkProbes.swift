import AuspexRunbooks
import AuspexSignals
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Looks at other hosts, those on the list only.
struct NetworkProbes: Sendable {
    private static let secondsInDay: Double = 86_400

    let hosts: HostAllowList
    let resolver: HostResolver
    let clock: any WallClock

    // MARK: - Connections

    /// Whether a connection can be made. Nothing is sent on it.
    func connection(to endpoint: HealthCheck.Endpoint, within limit: TimeSpan) async -> Finding {
        let address: SocketAddress
        do {
            address = try await self.address(of: endpoint.host, endpoint.port)
        } catch {
            return .unknown("\(error)")
        }
        let attempt = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(limit.milliseconds)).connect(to: address)
        switch await outcome(of: attempt) {
        case .success(let channel):
            channel.close(promise: nil)
            return .ok("connected")
        case .failure(let error): return .fail(Self.words(error, limit))
        case nil:
            attempt.whenSuccess { $0.close(promise: nil) }
            return .fail("no connection within \(limit)")
        }
    }

    /// For how long a server's certificate is valid. The connection is closed after the handshake.
    func certificate(_ certificate: HealthCheck.Certificate, within limit: TimeSpan) async -> Finding {
        let address: SocketAddress
        do {
            address = try await self.address(of: certificate.host, certificate.port)
        } catch {
            return .unknown("\(error)")
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let expiry = group.next().makePromise(of: Int64.self)
        let context: NIOSSLContext
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            // Nobody's signature is checked, so the system's authorities need not be read.
            configuration.trustRoots = .certificates([])
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            expiry.fail(error)
            return .unknown("TLS cannot be used: \(error)")
        }
        let asked = certificate.serverName ?? certificate.host
        // An address cannot be asked for by name (RFC 6066, section 3).
        let name = IPAddress(asked) == nil ? asked : nil
        let attempt = ClientBootstrap(group: group).connectTimeout(.milliseconds(limit.milliseconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handshake = try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verified in
                        if let leaf = chain.first { expiry.succeed(Int64(leaf.notValidAfter)) }
                        // Whoever signed it: nothing is sent there.
                        verified.succeed(.certificateVerified)
                    }
                    try channel.pipeline.syncOperations.addHandler(handshake)
                    try channel.pipeline.syncOperations.addHandler(FailureReporter(expiry: expiry))
                }
            }.connect(to: address)
        attempt.whenFailure { expiry.fail($0) }
        let outcome = await outcome(of: expiry.futureResult)
        attempt.whenSuccess { $0.close(promise: nil) }
        switch outcome {
        case .success(let seconds): return judged(certificate, validUntil: seconds)
        case .failure(let error): return .fail(Self.words(error, limit))
        case nil:
            expiry.fail(ChannelError.eof)
            return .fail("no handshake within \(limit)")
        }
    }

    private func judged(_ certificate: HealthCheck.Certificate, validUntil end: Int64) -> Finding {
        let left = Double(end) - Double(clock.now().milliseconds) / 1_000
        let days = (left / Self.secondsInDay).rounded(.down)
        let (end, isOverflow) = end.multipliedReportingOverflow(by: 1_000)
        let until = isOverflow ? "far ahead" : Timestamp(milliseconds: end).iso8601
        let measured: [String: JSONValue] = ["days": .double(days), "not_after": .string(until)]
        guard left > 0 else { return .fail("expired at \(until)", measured) }
        guard days >= Double(certificate.minDays) else {
            return .fail("valid for only \(Int(days)) days, until \(until)", measured)
        }
        let message = "valid for \(Int(min(days, 1e9))) days, until \(until)"
        if let warnDays = certificate.warnDays, days < Double(warnDays) {
            return Finding(status: .warn, message: message, measured: measured)
        }
        return .ok(message, measured)
    }

    // MARK: - Names

    /// Whether a name has addresses, and those that it must have.
    func name(_ name: HealthCheck.Name) async -> Finding {
        let addresses: [String]
        do throws(HTTPRefusal) {
            addresses = Set(try await resolver.lookUp(name.name).map(\.description)).sorted()
        } catch {
            guard case .unresolved(_, let why) = error, Self.absences.contains(why) else {
                return .unknown(error.description)
            }
            return .fail(error.description)
        }
        let told = addresses.prefix(Self.mostAddresses)
        let measured: [String: JSONValue] = ["addresses": .array(told.map(JSONValue.string))]
        guard !addresses.isEmpty else { return .fail("the name has no address", measured) }
        let missing = name.addresses.filter { wanted in
            !addresses.contains(IPAddress(wanted)?.description ?? wanted)
        }
        guard missing.isEmpty else {
            return .fail("\(missing.joined(separator: ", ")) is not among its addresses", measured)
        }
        return .ok(told.joined(separator: ", "), measured)
    }

    /// Addresses of a name that a report tells.
    private static let mostAddresses = 8

    /// What the system says of a name that does not exist or has no address. Anything else is a failure to find out.
    private static let absences: Set<String> = {
        // EAI_NODATA, which the C library only declares for GNU sources.
        let noData: Int32 = -5
        return Set([EAI_NONAME, noData].map { String(cString: gai_strerror($0)) })
    }()

    // MARK: - Parts

    /// Why no connection is tried.
    private struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// The checked address of a host on the list.
    private func address(of host: String, _ port: Int) async throws -> SocketAddress {
        guard let entry = try HostAllowList(["\(host):\(port)"]).entries.first, hosts.entries.contains(entry) else {
            throw Refusal(
                description: "\(host):\(port) is not among the hosts that may be asked; add it to actions.check_hosts")
        }
        return try SocketAddress(ipAddress: try await resolver.address(for: entry).description, port: port)
    }

    /// How the future ends; nil when the task is cancelled first.
    private func outcome<Value: Sendable>(of future: EventLoopFuture<Value>) async -> Result<Value, any Error>? {
        let (outcomes, outcome) = AsyncStream<Result<Value, any Error>>.makeStream(
            bufferingPolicy: .bufferingOldest(1))
        future.whenComplete { outcome.yield($0) }
        for await result in outcomes { return result }
        return nil
    }

    private static func words(_ error: any Error, _ limit: TimeSpan) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "no connection within \(limit)"
        case ChannelError.eof: "the connection was closed before the handshake was over"
        default: "\(error)"
        }
    }
}

/// Tells whoever waits for a certificate that the connection ended without one.
private final class FailureReporter: ChannelInboundHandler {
    typealias InboundIn = Any

    private let expiry: EventLoopPromise<Int64>

    init(expiry: EventLoopPromise<Int64>) {
        self.expiry = expiry
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        expiry.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        expiry.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
