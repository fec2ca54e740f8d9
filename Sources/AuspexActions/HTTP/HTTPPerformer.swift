package import AuspexRunbooks
import AuspexSignals

/// Sends requests: to listed hosts only, to an address that was checked, without redirects and proxies, within a time
/// and with a bound for the answer.
package struct HTTPPerformer: Performer {
    /// Most bytes of an answer that are kept (1 MiB); the rest is counted.
    package static let mostBytes = 1 << 20

    private let hosts: HostAllowList
    private let resolver: HostResolver

    /// Creates a performer that asks these hosts only.
    package init(hosts: HostAllowList) {
        self.init(hosts: hosts, resolver: .system)
    }

    init(hosts: HostAllowList, resolver: HostResolver) {
        self.hosts = hosts
        self.resolver = resolver
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .http(let request) = order.operation else { return .refused("not a request") }
        do throws(HTTPRefusal) {
            let broken = request.headers.filter { !Request.mayBeFieldValue($0.value) }
            if let name = broken.keys.min() { throw .badHeader(name) }
            let exchange = HTTPExchange(
                request: request, host: try hosts.entry(for: request.url), effect: order.effect,
                idempotencyKey: order.idempotencyKey, timeout: order.timeout)
            return await exchange.run(resolver, control)
        } catch {
            return .refused(error)
        }
    }

    /// Nothing is known of a request that an earlier engine may have sent.
    package func locate(_ order: OperationOrder) async -> Located { .unknown }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { .lost }
}

extension OperationResult {
    /// A request that was not sent.
    static func refused(_ refusal: HTTPRefusal) -> OperationResult {
        OperationResult(outcome: .failed, reason: refusal.description, errorCode: refusal.code, isUnsent: true)
    }
}
