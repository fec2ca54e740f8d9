import AsyncHTTPClient
import AuspexSignals
import Foundation
import NIOCore

extension HTTPClient {
    /// A client for one request: the address belongs to the request, and nothing is left open after it.
    ///
    /// - Parameters:
    ///   - host: The host as the list of those allowed has it.
    ///   - address: Its address, checked.
    ///   - timeout: The longest that connecting may take.
    static func forOneRequest(
        to host: HostAllowList.Entry, at address: IPAddress, within timeout: TimeSpan
    ) -> HTTPClient {
        var configuration = Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout.connect = .milliseconds(timeout.milliseconds)
        // A connection that is refused is an answer, which a waiter may want to see at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        if IPAddress(host.host) == nil { configuration.dnsOverride = [host.host: address.description] }
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }
}

extension HostAllowList.Entry {
    /// The URL with the host as the list has it: the client finds the checked address under this very text, and would
    /// look any other way of writing the name up anew.
    func spelled(in url: String) -> String {
        guard var parts = URLComponents(string: url) else { return url }
        parts.encodedHost = host.contains(":") ? "[\(host)]" : host
        return parts.string ?? url
    }
}
