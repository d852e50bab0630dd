//! Who owns an account: the organisation that it names, or the customer that its payment and its domain speak of.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::stats::quantile;
use vigie_model::{Account, Micros};

use crate::view::View;

/// Fewest accounts of a customer that is told by what it pays with and where its post goes.
const CUSTOMER_MIN: usize = 3;
/// Part of the accounts with a customer's payment or its domain that have both.
const CLOSED: f64 = 0.6;
/// Time over which the middle half of a customer's accounts was opened, at least: who opens a fleet does so in days.
const GREW: i64 = 30 * Micros::DAY;

/// A number for the owner of each account; 0 where it stands alone. Accounts of one owner name one organisation; or,
/// naming none, they pay with one payment and have their post at one domain that hardly anybody else has, and were
/// opened one by one. Who sent nothing in the window is not looked at. O(accounts · log accounts).
pub(crate) fn owners<'a>(view: &View<'a>) -> Vec<u64> {
    let active = |(known, &exchanges): (&Option<&'a Account>, &u32)| known.filter(|_| exchanges > 0);
    let known: Vec<Option<&Account>> = view.known.iter().zip(&view.exchanges).map(active).collect();
    with_customers(&known, (0..view.accounts()).map(|a| view.organisation(a)).collect())
}

/// The same where the organisations that accounts name are given, 0 for none.
fn with_customers(known: &[Option<&Account>], mut owners: Vec<u64>) -> Vec<u64> {
    let domain = |a: usize| known[a].and_then(|k| k.email_domain.as_deref());
    let payment = |a: usize| known[a].and_then(|k| k.payment_fingerprint.as_deref());
    let mut at_domain: FxHashMap<&str, usize> = FxHashMap::default();
    let mut by_payment: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for a in 0..known.len() {
        if let Some(domain) = domain(a) {
            *at_domain.entry(domain).or_default() += 1;
        }
        if let Some(payment) = payment(a) {
            by_payment.entry(payment).or_default().push(a);
        }
    }
    for paying in by_payment.values().filter(|paying| paying.len() >= CUSTOMER_MIN) {
        let domains: FxHashSet<&str> = paying.iter().filter_map(|&a| domain(a)).collect();
        for name in domains {
            let both: Vec<usize> = paying.iter().copied().filter(|&a| domain(a) == Some(name)).collect();
            let either = paying.len() + at_domain[name] - both.len();
            let closed = both.len() >= CUSTOMER_MIN && both.len() as f64 >= CLOSED * either as f64;
            if closed && grew(known, &both) {
                let customer = vigie_fold::hash_text(name);
                for account in both {
                    if owners[account] == 0 {
                        owners[account] = customer;
                    }
                }
            }
        }
    }
    owners
}

/// Whether accounts were opened one by one.
fn grew(known: &[Option<&Account>], accounts: &[usize]) -> bool {
    let at = |&a: &usize| Some(known[a]?.created_at?.0 as f64);
    let created: Vec<f64> = accounts.iter().filter_map(at).collect();
    created.len() >= CUSTOMER_MIN && quantile(&created, 0.75) - quantile(&created, 0.25) >= GREW as f64
}

#[cfg(test)]
mod tests {
    use vigie_model::{Account, Micros};

    use super::with_customers;

    /// Accounts opened so many days apart.
    fn accounts(n: i64, domain: &str, payment: &str, apart: i64) -> Vec<Account> {
        let account = |i| Account {
            account_id: format!("{domain} {payment} {i}"),
            created_at: Some(Micros(i * apart * Micros::DAY)),
            email_domain: Some(domain.to_owned()),
            payment_fingerprint: Some(payment.to_owned()),
            ..Account::default()
        };
        (0..n).map(account).collect()
    }

    /// The owner of each, where account `named` names organisation 7.
    fn owners(of: &[Vec<Account>], named: Option<usize>) -> Vec<u64> {
        let known: Vec<Option<&Account>> = of.iter().flatten().map(Some).collect();
        let organisations = (0..known.len()).map(|a| if named == Some(a) { 7 } else { 0 }).collect();
        with_customers(&known, organisations)
    }

    #[test]
    fn one_purse_and_one_domain_that_nobody_else_has_are_one_customer() {
        let found =
            owners(&[accounts(6, "mill.example", "a", 40), accounts(2, "mail.example", "b", 40)], Some(2));
        assert!(found[0] != 0 && found[2] == 7, "{found:?}");
        assert!(found[3..6].iter().all(|&owner| owner == found[0]), "{found:?}");
        assert_eq!(found[6..], [0, 0], "two are no customer");
    }

    #[test]
    fn accounts_of_a_fleet_are_no_customers() {
        let night = owners(&[accounts(6, "mill.example", "a", 1)], None);
        let shared_domain =
            owners(&[accounts(6, "mail.example", "a", 40), accounts(8, "mail.example", "b", 40)], None);
        let shared_purse =
            owners(&[accounts(3, "mill.example", "a", 40), accounts(3, "farm.example", "a", 40)], None);
        for found in [night, shared_domain, shared_purse] {
            assert!(found.iter().all(|&owner| owner == 0), "{found:?}");
        }
    }
}
