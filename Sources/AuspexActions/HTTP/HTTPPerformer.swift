import AsyncHTTPClient
package import AuspexRunbooks
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1

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
        let exchange = HTTPExchange(
            request: request, effect: order.effect, idempotencyKey: order.idempotencyKey, timeout: order.timeout)
        do throws(HTTPRefusal) {
            let entry = try hosts.entry(for: request.url)
            let address = try await resolver.address(for: entry)
            return await exchange.run(to: address, of: entry.host, control)
        } catch {
            return OperationResult(outcome: .failed, reason: error.description, errorCode: error.code)
        }
    }

    /// Nothing is known of a request that an earlier engine may have sent.
    package func locate(_ order: OperationOrder) async -> Located { .unknown }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { .lost }
}
