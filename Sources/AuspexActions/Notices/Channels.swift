package import AuspexRunbooks
import AuspexSignals

/// A web address that messages to people are posted to.
package struct WebhookChannel: Hashable, Sendable {
    /// The address.
    package var url: String
    /// Header fields, such as a token.
    package var headers: [String: String]

    /// Creates a channel.
    package init(url: String, headers: [String: String] = [:]) {
        self.url = url
        self.headers = headers
    }

    /// What hides the secrets of the channel: what follows the host in its address, and the values of its header fields.
    var mask: SecretMask {
        let scheme = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let path = url[scheme...].drop { !"/?".contains($0) }
        return SecretMask([String(path)] + headers.values)
    }
}

/// Posts messages to channels, which the operator has configured: their hosts need no listing of their own.
package struct NotifyPerformer: Performer, NoticeSink {
    /// The longest that one attempt at a notice may take; no run waits for it.
    private static let noticeTimeout = TimeSpan.seconds(10)

    private let channels: [String: WebhookChannel]
    private let noticeChannel: String?

    /// Creates a performer.
    ///
    /// - Parameters:
    ///   - channels: The channels by their names.
    ///   - noticeChannel: The channel that is told when a run needs people; nil for none.
    package init(channels: [String: WebhookChannel], noticeChannel: String? = nil) {
        self.channels = channels
        self.noticeChannel = noticeChannel
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .notify(let notification) = order.operation else { return .refused("not a message") }
        let body: [String: JSONValue] = [
            "channel": .string(notification.channel), "message": .string(notification.message),
            "run": .string(order.id.run), "step": .string(order.id.path), "key": .string(order.idempotencyKey),
        ]
        return await post(.object(body), to: notification.channel, order, control)
    }

    package func locate(_ order: OperationOrder) async -> Located { .unknown }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { .lost }

    package func tell(_ notice: RunNotice) async throws {
        guard let noticeChannel else { return }
        let body: [String: JSONValue] = [
            "channel": .string(noticeChannel), "message": .string(notice.text), "run": .string(notice.run),
            "kind": .string(notice.kind.rawValue), "key": .string(notice.key),
        ]
        let order = OperationOrder(
            id: OperationID(run: notice.run, path: "notice", attempt: 1),
            operation: .notify(Notification(channel: noticeChannel, message: notice.text)), effect: .idempotent,
            idempotencyKey: notice.key, timeout: Self.noticeTimeout)
        let result = await post(.object(body), to: noticeChannel, order, .silent)
        guard result.outcome == .succeeded else { throw NoticeError(description: result.reason) }
    }

    private func post(
        _ body: JSONValue, to name: String, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        guard let channel = channels[name] else {
            let known = channels.keys.sorted().joined(separator: ", ")
            return .refused("there is no channel '\(name)'; configured: \(known.isEmpty ? "none" : known)")
        }
        var hosts = HostAllowList()
        do throws(HTTPRefusal) {
            hosts.entries = [try HostAllowList.target(of: channel.url)]
        } catch {
            return channel.mask.masked(.refused("channel '\(name)': \(error)"))
        }
        var request = order
        request.operation = .http(
            Request(method: "POST", url: channel.url, headers: channel.headers, body: body))
        // A message that came or not is no reason to hold a run up.
        request.effect = .idempotent
        return channel.mask.masked(await HTTPPerformer(hosts: hosts).perform(request, control))
    }
}
