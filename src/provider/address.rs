//! Addresses of endpoints: what may be in one, what of it is shown, and whether it leaves this machine.

use std::net::IpAddr;

use reqwest::Url;

use super::{Dialect, EndpointError};

/// Whether what is sent to this URL stays on this machine: the host is `localhost` or a loopback address.
///
/// Any other name is remote, whatever it resolves to: a name that points to 127.0.0.1 today may point elsewhere
/// tomorrow. So is what cannot be read as an HTTP address.
pub fn is_local(url: &str) -> bool {
    Url::parse(url.trim()).is_ok_and(|url| url_is_local(&url))
}

pub(super) fn url_is_local(url: &Url) -> bool {
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    let Some(host) = url.host_str() else {
        return false;
    };
    if host == "localhost" {
        return true;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(four)) => four.is_loopback(),
        Ok(IpAddr::V6(six)) => {
            six.is_loopback() || six.to_ipv4_mapped().is_some_and(|four| four.is_loopback())
        }
        Err(_) => false,
    }
}

/// Host and port as people are told them; nothing else of a URL is ever shown.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or("no host");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The root that paths such as `chat/completions` are joined to, and an `api-version` named in the query.
///
/// Takes what people paste: a bare host, with or without scheme, `/v1`, or the whole address of the call.
pub(super) fn root(text: &str, dialect: Dialect) -> Result<(Url, Option<String>), EndpointError> {
    let text = text.trim();
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else if is_local(&format!("http://{text}")) {
        format!("http://{text}")
    } else {
        format!("https://{text}")
    };
    let mut url = Url::parse(&with_scheme).map_err(|why| EndpointError::Address {
        why: why.to_string(),
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(EndpointError::Address {
            why: "it is no http or https address".to_owned(),
        });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::KeyInAddress { host: host(&url) });
    }
    let mut version = None;
    for (name, value) in url.query_pairs() {
        if name != "api-version" {
            return Err(EndpointError::KeyInAddress { host: host(&url) });
        }
        version = Some(value.into_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = root_path(url.path(), dialect);
    url.set_path(&path);
    Ok((url, version))
}

fn root_path(path: &str, dialect: Dialect) -> String {
    let call = match dialect {
        Dialect::OpenAi => "/chat/completions",
        Dialect::Anthropic => "/messages",
    };
    let path = path.trim_end_matches('/');
    let cut = path
        .strip_suffix(call)
        .unwrap_or(path)
        .trim_end_matches('/');
    let bare = match dialect {
        // Only a bare host lacks its version: paths of gateways end in words of their own.
        Dialect::OpenAi => cut.is_empty() && cut == path,
        Dialect::Anthropic => !cut.ends_with("/v1"),
    };
    if bare {
        format!("{cut}/v1/")
    } else {
        format!("{cut}/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_are_local() {
        for local in [
            "http://localhost:8000/v1",
            "http://LOCALHOST",
            "http://127.0.0.1:11434",
            "http://127.8.9.10/",
            "http://127.1/",
            "https://[::1]:8080/v1",
            "http://[::ffff:127.0.0.1]/",
            "http://evil.com@localhost/",
        ] {
            assert!(is_local(local), "{local}");
        }
        for remote in [
            "http://localhost.evil.com/",
            "http://localhost@evil.com/",
            "http://127.0.0.1@evil.com/",
            "http://127.0.0.1.evil.com/",
            "http://evil.com/#@localhost",
            "http://evil.com/?localhost",
            "http://evil.com\\@localhost/",
            "http://0.0.0.0:8000/",
            "http://192.168.0.1/",
            "http://[::2]/",
            "http://localhostx/",
            "http://my.localhost.nip.io/",
            "ftp://localhost/",
            "file:///etc/hosts",
            "localhost",
            "",
        ] {
            assert!(!is_local(remote), "{remote}");
        }
    }

    #[test]
    fn what_people_paste_leads_to_the_same_root() {
        let chat = |text: &str| root(text, Dialect::OpenAi).unwrap().0.to_string();
        for text in [
            "https://api.example.com",
            "https://api.example.com/",
            "https://api.example.com/v1",
            "https://api.example.com/v1/",
            " https://api.example.com/v1/chat/completions",
            "api.example.com",
        ] {
            assert_eq!(chat(text), "https://api.example.com/v1/", "{text}");
        }
        assert_eq!(chat("localhost:8000"), "http://localhost:8000/v1/");
        assert_eq!(
            chat("https://gate.example.com/team/openai"),
            "https://gate.example.com/team/openai/"
        );
        assert_eq!(
            chat("https://host.example.com/chat/completions"),
            "https://host.example.com/"
        );
        let messages = |text: &str| root(text, Dialect::Anthropic).unwrap().0.to_string();
        for text in [
            "https://api.example.com",
            "https://api.example.com/v1",
            "https://api.example.com/v1/messages",
        ] {
            assert_eq!(messages(text), "https://api.example.com/v1/", "{text}");
        }
    }

    #[test]
    fn keys_in_addresses_are_refused_and_not_repeated() {
        for text in [
            "https://me:sk-secret@api.example.com/v1",
            "https://sk-secret@api.example.com/v1",
            "https://api.example.com/v1?key=sk-secret",
        ] {
            let refused = root(text, Dialect::OpenAi).unwrap_err().to_string();
            assert!(refused.contains("api.example.com"), "{refused}");
            assert!(!refused.contains("sk-secret"), "{refused}");
        }
        for text in ["", "ftp://host/", "http://", "https://a b/"] {
            assert!(root(text, Dialect::OpenAi).is_err(), "{text}");
        }
    }

    #[test]
    fn an_api_version_in_the_query_is_kept() {
        let (url, version) = root(
            "https://r.openai.azure.com/?api-version=2024-10-21",
            Dialect::OpenAi,
        )
        .unwrap();
        assert_eq!(version.as_deref(), Some("2024-10-21"));
        assert_eq!(url.query(), None);
    }
}
